import type { ReceiptDocument } from '../../../shared/receipt/index.ts';
import { RECEIPT_LANGUAGES } from '../../../shared/receipt/labels.ts';

/** Two items, thanks, and how numbers are written. */
type Words = readonly [string, string, string, ReceiptDocument['number_format']?];

const COMMA = { decimal: ',', group: '.' } as const;
const SPACED = { decimal: ',', group: ' ' } as const;

const WORDS: Readonly<Record<string, Words>> = {
  en: ['Wooden train', 'Crème brûlée', 'Thank you for your visit.'],
  de: ['Holzeisenbahn grün', 'Süßkartoffel', 'Danke für Ihren Besuch.', COMMA],
  fr: ['Train en bois', 'Œufs frais', 'Merci de votre visite.', SPACED],
  es: ['Tren de madera', 'Piñas', 'Gracias por tu visita.', COMMA],
  it: ['Trenino di legno', 'Caffè più', 'Grazie della visita.', COMMA],
  nl: ['Houten trein', 'Crème fraîche', 'Bedankt voor uw bezoek.', COMMA],
  pt: ['Comboio de madeira', 'Maçãs', 'Obrigado pela sua visita.', COMMA],
  sv: ['Träjärnväg', 'Smörgås', 'Tack för besöket.', SPACED],
  da: ['Trætog', 'Rødgrød', 'Tak for besøget.', COMMA],
  nb: ['Tretog', 'Blåbærsyltetøy', 'Takk for besøket.', SPACED],
  fi: ['Puujuna', 'Hääkakku', 'Kiitos käynnistä.', SPACED],
  pl: ['Drewniana kolejka', 'Żółty ser', 'Dziękujemy za wizytę.', SPACED],
  cs: ['Dřevěný vláček', 'Třešně', 'Děkujeme za návštěvu.', SPACED],
  sk: ['Drevený vláčik', 'Čučoriedky', 'Ďakujeme za návštevu.', SPACED],
  hu: ['Fa kisvonat', 'Tűzálló edény', 'Köszönjük a látogatást.', SPACED],
  ro: ['Trenuleț din lemn', 'Brânză', 'Vă mulțumim pentru vizită.', COMMA],
  hr: ['Drveni vlak', 'Šljive', 'Hvala na posjetu.', COMMA],
  el: ['Ξύλινο τρένο', 'Ελιές', 'Ευχαριστούμε για την επίσκεψη.', COMMA],
  bg: ['Дървено влакче', 'Кисело мляко', 'Благодарим за посещението.', SPACED],
  ru: ['Деревянный поезд', 'Творог', 'Спасибо за покупку.', SPACED],
  uk: ['Дерев’яний потяг', 'Сир їжачок', 'Дякуємо за покупку.', SPACED],
  tr: ['Ahşap tren', 'Şeftali ğ', 'Ziyaretiniz için teşekkürler.', COMMA],
  et: ['Puidust rong', 'Õunad', 'Aitäh külastamast.', SPACED],
  lv: ['Koka vilciens', 'Ķirši', 'Paldies par apmeklējumu.', SPACED],
  lt: ['Medinis traukinys', 'Žemuogės', 'Ačiū, kad apsilankėte.', SPACED],
  vi: ['Tàu hỏa gỗ', 'Phở bò', 'Cảm ơn quý khách.', COMMA],
  th: ['รถไฟไม้', 'น้ำส้ม', 'ขอบคุณที่ใช้บริการ'],
  hi: ['लकड़ी की रेलगाड़ी', 'संतरे का रस', 'आपके आने का धन्यवाद।'],
  he: ['רכבת עץ', 'מיץ תפוזים', 'תודה על הביקור.'],
  ar: ['قطار خشبي', 'عصير برتقال', 'شكرا لزيارتكم.'],
  ja: ['木製の汽車', 'みかんジュース', 'ご来店ありがとうございます。'],
  zh: ['木制小火车', '橙汁', '感谢您的光临。'],
  ko: ['나무 기차', '오렌지 주스', '방문해 주셔서 감사합니다.'],
};

/** A receipt in every language that has labels; the amounts are the same everywhere. */
export const LOCALES: ReadonlyMap<string, ReceiptDocument> = new Map(
  RECEIPT_LANGUAGES.flatMap((language): [string, ReceiptDocument][] => {
    const words = WORDS[language];
    return words === undefined ? [] : [[language, receiptIn(language, words)]];
  }),
);

function receiptIn(language: string, [first, second, thanks, number_format]: Words): ReceiptDocument {
  return {
    v: 1,
    kind: 'sale',
    language,
    ...(number_format === undefined ? {} : { number_format }),
    store: { name: 'Sésame', address_lines: ['1 High Street'], tax_number: 'XX 999 9999 73' },
    order: {
      id: 'ord_01',
      number: 'S1-100042',
      completed_at: '2026-03-14T12:09:26.535Z',
      local_time: '2026-03-14 12:09',
      fiscal_number: 'F-2026-000017',
    },
    currency: 'EUR',
    lines: [
      {
        name: first,
        sku: 'TOY-1',
        gtin: '9521234567899',
        quantity: 2,
        unit_price: 119_900,
        discount: 300,
        total: 239_500,
        promotions: [{ title: first, discount: 300 }],
      },
      {
        name: second,
        sku: 'FOOD-2',
        quantity: 0.452,
        unit_price: 120,
        discount: 10,
        total: 44,
        promotions: [],
      },
    ],
    subtotal: 239_854,
    discount: 310,
    total: 239_544,
    tax: {
      inclusive: true,
      total: 39_924,
      lines: [{ name: '20%', rate_ppm: 200_000, taxable: 199_620, tax: 39_924 }],
    },
    payments: [{ method: 'card', label: '•••• 4242', amount: 239_544 }],
    qr: 'https://shop.example/r/ord_01',
    footer_lines: [thanks],
  };
}
