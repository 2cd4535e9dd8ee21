/** Vietnamese phrases; `…` stands for any words between. */
export const vietnameseRefusals: readonly string[] = [
  ...['trả lời', 'tìm thấy', 'cung cấp', 'giúp', 'xác nhận', 'xác định', 'cho biết', 'hỗ trợ'].flatMap(
    (verb) => [
      `tôi không thể … ${verb}`,
      `tôi không … ${verb} được`,
      `chúng tôi không thể … ${verb}`,
      `không thể ${verb} câu hỏi này`,
      `tôi chưa … ${verb} được`,
    ],
  ),

  'tôi không biết',
  'tôi không rõ',
  'tôi không tìm thấy',
  'tôi chưa tìm thấy',
  'tôi không có … thông tin',
  'không có thông tin',
  'không có … thông tin về',
  'không có câu trả lời',
  'không có … câu trả lời',

  'không chứa … thông tin',
  'không chứa câu trả lời',
  'không cung cấp … thông tin',
  'không đề cập',
  'không được đề cập',
  'không nhắc đến',
  'không được nhắc',
  'không nêu',
  'không đủ thông tin',
  'chưa đủ thông tin',
  'thiếu thông tin',
  'không tìm thấy thông tin',
  'không tìm thấy câu trả lời',
  'xin lỗi … không',
  'rất tiếc … không',
];
