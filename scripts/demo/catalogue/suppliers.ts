/** Suppliers with their GS1 company prefix; 952 is kept for examples, so no real product can be hit. */
export const SUPPLIERS = [
  { brand: 'Larkfield', companyPrefix: '9521001' },
  { brand: 'Quillstone', companyPrefix: '9521118' },
  { brand: 'Marrowby', companyPrefix: '9521225' },
  { brand: 'Pemberwick', companyPrefix: '9521332' },
  { brand: 'Hollowbeck', companyPrefix: '9521449' },
  { brand: 'Fennimoor', companyPrefix: '9521556' },
  { brand: 'Tansybank', companyPrefix: '9521663' },
  { brand: 'Dunmallow', companyPrefix: '9521770' },
] as const;
