import { z } from 'zod';
import type { PromotionId } from '../../ids/index.ts';
import { err, type Result } from '../../result.ts';
import type { Promotion } from '../schema.ts';

export const ImportFormat = z.enum(['json', 'csv', 'promofull']);
export type ImportFormat = z.infer<typeof ImportFormat>;

export const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Of one promotion, in UTF-16 code units of its text. */
export const ENTRY_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Items or rows of one promotion. */
export const ROWS_MAX = 20_000;
export const ENTRIES_MAX = 200_000;
export const KEY_CHARACTERS_MAX = 255;
/** Of one entry; a last one says how many more there were. */
export const PROBLEMS_MAX = 50;
export const MESSAGE_CHARACTERS_MAX = 400;

/** Why something was refused: `path` names a field, `code` is stable, `message` is for people. */
export interface ImportProblem {
  path: string;
  code: string;
  message: string;
}

/** What was read, but understood loosely or left out. */
export interface ImportNote {
  code: string;
  message: string;
}

export interface ImportedPromotion {
  promotion: Promotion;
  /** As in the file: a chain's branch numbers or store ids; null is not limited to stores. */
  store_codes: string[] | null;
}

/** One promotion of the file, in file order. */
export interface ImportEntry {
  /** Line of the file on which it begins, from 1. */
  line: number;
  /** The retailer's key or what names it best; '' if nothing does. */
  key: string;
  /** At least one problem when it is refused. */
  result: Result<ImportedPromotion, ImportProblem[]>;
  notes: ImportNote[];
}

export interface ImportSummary {
  entries: number;
  accepted: number;
  refused: number;
  notes: number;
  /** The file is broken as a whole from here on; what came before it stands. */
  file_problem: ImportProblem | null;
}

export interface ImportOptions {
  /** ISO 4217 code of every amount in the file. */
  currency: string;
  /** The same key, of 1 to 255 characters, gives the same id in every import; `stores` as in the entry. */
  idOf(key: string, stores: readonly string[] | null): PromotionId;
  /** The SKU of an item code as published (`type` '1' for a code of GS1, '0' for the chain's own), if it is sold. */
  skuOf(code: string, type: string): string | null;
}

/** An entry before it is checked as a promotion: what a format's reader makes of its text. */
export interface Draft {
  line: number;
  key: string;
  store_codes: string[] | null;
  /** In our own words or the documented names, without the id. */
  document: Result<Record<string, unknown>, ImportProblem[]>;
  notes: ImportNote[];
}

/** What a reader has made of the text so far. After a problem it is not asked again. */
export interface Read {
  drafts: Draft[];
  problem: ImportProblem | null;
}

/** Reads a file's text in pieces of any size; where they are cut changes nothing. */
export interface DraftReader {
  push(text: string): Read;
  end(): Read;
  /** The file broke: gives out, as refused, the promotion of which more rows may have been lost. */
  breakOff(): Draft[];
}

export function brokenOff(line: number, key: string): Draft {
  const message = 'the file broke before it was known to be whole';
  return { line, key, store_codes: null, document: err([problem('', 'cut_off', message)]), notes: [] };
}

export const problem = (path: string, code: string, message: string): ImportProblem => ({
  path,
  code,
  message: shortened(message, MESSAGE_CHARACTERS_MAX),
});

export const note = (code: string, message: string): ImportNote => ({
  code,
  message: shortened(message, MESSAGE_CHARACTERS_MAX),
});

export const shortened = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).toWellFormed()}…`;

export const fileProblem = (line: number, code: string, message: string): ImportProblem =>
  problem('', code, `line ${line}: ${message}`);
