import { EasProfile } from '../profile.ts';
import { averyDennison } from './avery_dennison.ts';
import { keonn, sml } from './epc_status_list.ts';
import { genericProfiles } from './generic.ts';
import { nedap } from './nedap.ts';
import { oauth2EpcList } from './oauth2_epc_list.ts';
import { retailReload } from './retail_reload.ts';
import { sato } from './sato.ts';

/** Every profile that ships, by the name of the vendor of the hardware or system. */
export const EAS_PROFILES: ReadonlyMap<string, EasProfile> = new Map(
  [nedap, sml, keonn, sato, averyDennison, retailReload, oauth2EpcList, ...genericProfiles].map((raw) => {
    const profile = EasProfile.parse(raw);
    return [profile.vendor, profile];
  }),
);
