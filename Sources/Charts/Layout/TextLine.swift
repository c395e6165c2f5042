/// A heading followed by smaller, less important text. Both are one SVG text, so that they stay close in a font narrower than assumed.
struct TextLine: Sendable {
  let text: String
  let font: Font
  let aside: String
  let asideFont: Font

  init(_ text: String, _ font: Font, aside: String, _ asideFont: Font) {
    self.text = text
    self.font = font
    self.aside = aside
    self.asideFont = asideFont
  }

  var isEmpty: Bool { text.isEmpty && aside.isEmpty }
}
