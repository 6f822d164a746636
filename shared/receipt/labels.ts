/** The words that a receipt adds to what its document says. */
export interface Labels {
  readonly order: string;
  readonly fiscal: string;
  readonly date: string;
  readonly taxNumber: string;
  readonly item: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: string;
  readonly subtotal: string;
  readonly discount: string;
  readonly total: string;
  readonly tax: string;
  readonly includes: string;
  /** Between a tax and the sum it was reckoned on. */
  readonly on: string;
  readonly refund: string;
  readonly gift: string;
  readonly payment: string;
  readonly original: string;
  readonly returnBy: string;
}

const KEYS = [
  'order',
  'fiscal',
  'date',
  'taxNumber',
  'item',
  'quantity',
  'price',
  'amount',
  'subtotal',
  'discount',
  'total',
  'tax',
  'includes',
  'on',
  'refund',
  'gift',
  'payment',
  'original',
  'returnBy',
] as const satisfies readonly (keyof Labels)[];

/** One line a language, the words in the order of the keys above. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'Order|Receipt no.|Date|Tax no.|Item|Qty|Price|Total|Subtotal|Discount|TOTAL|Tax|Incl.|on|REFUND|GIFT RECEIPT|PAYMENT|Original order|Return by',
  de: 'Bestellung|Beleg-Nr.|Datum|USt-IdNr.|Artikel|Anz.|Preis|Summe|Zwischensumme|Rabatt|GESAMT|Steuer|Enth.|auf|ERSTATTUNG|GESCHENKBELEG|ZAHLUNG|Ursprüngliche Bestellung|Umtausch bis',
  fr: 'Commande|Ticket n°|Date|N° TVA|Article|Qté|Prix|Total|Sous-total|Remise|TOTAL|Taxe|Dont|sur|REMBOURSEMENT|TICKET CADEAU|PAIEMENT|Commande d’origine|Retour avant le',
  es: 'Pedido|Recibo n.º|Fecha|NIF|Artículo|Cant|Precio|Total|Subtotal|Descuento|TOTAL|Impuesto|Incl.|sobre|DEVOLUCIÓN|TICKET REGALO|PAGO|Pedido original|Devolver antes del',
  it: 'Ordine|Scontrino n.|Data|P. IVA|Articolo|Qtà|Prezzo|Totale|Subtotale|Sconto|TOTALE|Imposta|Di cui|su|RIMBORSO|SCONTRINO REGALO|PAGAMENTO|Ordine originale|Reso entro il',
  nl: 'Bestelling|Bonnr.|Datum|Btw-nr.|Artikel|Aant|Prijs|Totaal|Subtotaal|Korting|TOTAAL|Belasting|Incl.|over|TERUGBETALING|CADEAUBON|BETALING|Oorspronkelijke bestelling|Ruilen tot',
  pt: 'Pedido|Recibo n.º|Data|NIF|Artigo|Qtd|Preço|Total|Subtotal|Desconto|TOTAL|Imposto|Incl.|sobre|REEMBOLSO|TALÃO DE OFERTA|PAGAMENTO|Pedido original|Devolver até',
  sv: 'Order|Kvittonr|Datum|Momsreg.nr|Artikel|Ant|Pris|Summa|Delsumma|Rabatt|TOTALT|Skatt|Varav|på|ÅTERBETALNING|PRESENTKVITTO|BETALNING|Ursprunglig order|Byte senast',
  da: 'Ordre|Bonnr.|Dato|CVR-nr.|Vare|Ant|Pris|I alt|Subtotal|Rabat|TOTAL|Skat|Heraf|af|REFUNDERING|BYTTEMÆRKE|BETALING|Oprindelig ordre|Byttes senest',
  nb: 'Ordre|Kvitteringsnr.|Dato|Org.nr.|Vare|Ant|Pris|Sum|Delsum|Rabatt|TOTALT|Avgift|Herav|av|REFUSJON|GAVEKVITTERING|BETALING|Opprinnelig ordre|Byttes innen',
  fi: 'Tilaus|Kuitti nro|Päiväys|Y-tunnus|Tuote|Kpl|Hinta|Yht.|Välisumma|Alennus|YHTEENSÄ|Vero|Sis.|summasta|HYVITYS|LAHJAKUITTI|MAKSU|Alkuperäinen tilaus|Vaihto viimeistään',
  pl: 'Zamówienie|Paragon nr|Data|NIP|Towar|Il.|Cena|Suma|Suma częściowa|Rabat|RAZEM|Podatek|W tym|od|ZWROT|PARAGON PREZENTOWY|PŁATNOŚĆ|Pierwotne zamówienie|Zwrot do',
  cs: 'Objednávka|Účtenka č.|Datum|DIČ|Zboží|Mn.|Cena|Celkem|Mezisoučet|Sleva|CELKEM|Daň|Z toho|z|VRÁCENÍ|DÁRKOVÁ ÚČTENKA|PLATBA|Původní objednávka|Vrátit do',
  sk: 'Objednávka|Doklad č.|Dátum|IČ DPH|Tovar|Mn.|Cena|Spolu|Medzisúčet|Zľava|SPOLU|Daň|Z toho|z|VRÁTENIE|DARČEKOVÝ DOKLAD|PLATBA|Pôvodná objednávka|Vrátiť do',
  hu: 'Rendelés|Nyugtaszám|Dátum|Adószám|Termék|Db|Ár|Összeg|Részösszeg|Kedvezmény|ÖSSZESEN|Adó|Ebből|alap|VISSZATÉRÍTÉS|AJÁNDÉKNYUGTA|FIZETÉS|Eredeti rendelés|Csere eddig',
  ro: 'Comandă|Bon nr.|Data|CUI|Articol|Cant|Preț|Total|Subtotal|Reducere|TOTAL|Taxă|Din care|din|RAMBURSARE|BON CADOU|PLATĂ|Comanda inițială|Retur până la',
  hr: 'Narudžba|Račun br.|Datum|OIB|Artikl|Kol|Cijena|Iznos|Međuzbroj|Popust|UKUPNO|Porez|Od toga|na|POVRAT|POKLON RAČUN|PLAĆANJE|Izvorna narudžba|Povrat do',
  el: 'Παραγγελία|Απόδειξη αρ.|Ημερομηνία|ΑΦΜ|Είδος|Ποσ|Τιμή|Σύνολο|Υποσύνολο|Έκπτωση|ΣΥΝΟΛΟ|Φόρος|Περιλ.|επί|ΕΠΙΣΤΡΟΦΗ|ΑΠΟΔΕΙΞΗ ΔΩΡΟΥ|ΠΛΗΡΩΜΗ|Αρχική παραγγελία|Επιστροφή έως',
  bg: 'Поръчка|Бон №|Дата|ДДС №|Артикул|Бр.|Цена|Сума|Междинна сума|Отстъпка|ОБЩО|Данък|Вкл.|върху|ВЪЗСТАНОВЯВАНЕ|ПОДАРЪЧЕН БОН|ПЛАЩАНЕ|Първоначална поръчка|Връщане до',
  ru: 'Заказ|Чек №|Дата|ИНН|Товар|Кол|Цена|Сумма|Подытог|Скидка|ИТОГО|Налог|В т.ч.|с|ВОЗВРАТ|ПОДАРОЧНЫЙ ЧЕК|ОПЛАТА|Исходный заказ|Возврат до',
  uk: 'Замовлення|Чек №|Дата|ІПН|Товар|К-ть|Ціна|Сума|Проміжна сума|Знижка|РАЗОМ|Податок|У т.ч.|від|ПОВЕРНЕННЯ|ПОДАРУНКОВИЙ ЧЕК|ОПЛАТА|Початкове замовлення|Повернення до',
  tr: 'Sipariş|Fiş no|Tarih|Vergi no|Ürün|Adet|Fiyat|Tutar|Ara toplam|İndirim|TOPLAM|Vergi|Dahil|matrah|İADE|HEDİYE FİŞİ|ÖDEME|İlk sipariş|Son iade tarihi',
  et: 'Tellimus|Kviitung nr|Kuupäev|KMKR|Kaup|Kog.|Hind|Summa|Vahesumma|Soodustus|KOKKU|Maks|Sh|summalt|TAGASTUS|KINKEKVIITUNG|MAKSE|Algne tellimus|Tagastus kuni',
  lv: 'Pasūtījums|Čeks nr.|Datums|PVN nr.|Prece|Sk.|Cena|Summa|Starpsumma|Atlaide|KOPĀ|Nodoklis|T.sk.|no|ATMAKSA|DĀVANU ČEKS|MAKSĀJUMS|Sākotnējais pasūtījums|Atgriezt līdz',
  lt: 'Užsakymas|Kvito nr.|Data|PVM kodas|Prekė|Kiek|Kaina|Suma|Tarpinė suma|Nuolaida|IŠ VISO|Mokestis|Iš jų|nuo|GRĄŽINIMAS|DOVANŲ KVITAS|MOKĖJIMAS|Pradinis užsakymas|Grąžinti iki',
  vi: 'Đơn hàng|Biên lai số|Ngày|Mã số thuế|Mặt hàng|SL|Giá|Tiền|Tạm tính|Giảm giá|TỔNG CỘNG|Thuế|Gồm|trên|HOÀN TIỀN|BIÊN LAI QUÀ TẶNG|THANH TOÁN|Đơn hàng gốc|Đổi trả trước',
  th: 'คำสั่งซื้อ|ใบเสร็จเลขที่|วันที่|เลขภาษี|รายการ|จำนวน|ราคา|รวม|ยอดรวมย่อย|ส่วนลด|ยอดสุทธิ|ภาษี|รวม|จาก|คืนเงิน|ใบเสร็จของขวัญ|การชำระเงิน|คำสั่งซื้อเดิม|คืนสินค้าภายใน',
  hi: 'ऑर्डर|रसीद सं.|दिनांक|कर सं.|वस्तु|मात्रा|मूल्य|राशि|उप-योग|छूट|कुल|कर|सहित|पर|धनवापसी|उपहार रसीद|भुगतान|मूल ऑर्डर|वापसी की तिथि',
  he: 'הזמנה|קבלה מס׳|תאריך|מס׳ עוסק|פריט|כמות|מחיר|סכום|סכום ביניים|הנחה|סה״כ|מס|כולל|על|זיכוי|פתק החלפה|תשלום|הזמנה מקורית|להחזרה עד',
  ar: 'الطلب|رقم الإيصال|التاريخ|الرقم الضريبي|الصنف|عدد|السعر|المبلغ|المجموع الفرعي|الخصم|الإجمالي|الضريبة|شامل|على|استرداد|إيصال هدية|دفع|الطلب الأصلي|الإرجاع قبل',
  ja: '注文|レシート番号|日付|登録番号|商品|数量|単価|金額|小計|値引|合計|税|内|対象|返金|ギフトレシート|お支払い|元の注文|返品期限',
  zh: '订单|小票号|日期|税号|商品|数量|单价|金额|小计|优惠|合计|税|含|计税|退款|礼品小票|付款|原订单|退货截止',
  ko: '주문|영수증 번호|날짜|사업자번호|상품|수량|단가|금액|소계|할인|합계|세금|포함|과세|환불|선물 영수증|결제|원주문|반품 기한',
};

const byLanguage: ReadonlyMap<string, Labels> = new Map(
  Object.entries(WORDS).map(([language, words]) => [language, labelsFrom(words.split('|'))]),
);

function labelsFrom(words: readonly string[]): Labels {
  const pairs = KEYS.map((key, at): [keyof Labels, string] => [key, words[at] ?? '']);
  return Object.fromEntries(pairs) as Record<keyof Labels, string>;
}

const ENGLISH = labelsFrom((WORDS['en'] ?? '').split('|'));
const RIGHT_TO_LEFT_LANGUAGES: ReadonlySet<string> = new Set(['ar', 'he']);

/** The languages that have labels of their own. */
export const RECEIPT_LANGUAGES: readonly string[] = [...byLanguage.keys()];

/** The labels of a BCP 47 tag: by its primary language, Norwegian by any of its names, else English. */
export function labelsOf(tag = 'en'): Labels {
  return byLanguage.get(primaryOf(tag)) ?? ENGLISH;
}

/** Whether a receipt of this language is laid out from right to left. */
export function runsLeft(tag = 'en'): boolean {
  return RIGHT_TO_LEFT_LANGUAGES.has(primaryOf(tag));
}

function primaryOf(tag: string): string {
  const primary = tag.toLowerCase().split('-')[0] ?? '';
  if (primary === 'no' || primary === 'nn') return 'nb';
  return primary === 'iw' ? 'he' : primary;
}
