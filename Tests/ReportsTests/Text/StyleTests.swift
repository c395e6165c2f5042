import Reports
import Testing

struct StyleTests {
  @Test(arguments: [
    (Style.bold, 1), (.dim, 2), (.failure, 31), (.success, 32), (.warning, 33),
  ])
  func stylesAreEscapeSequences(style: Style, code: Int) {
    #expect(style.apply(to: "x", if: true) == "\u{1B}[\(code)mx\u{1B}[0m")
    #expect(style.apply(to: "x", if: false) == "x")
  }
}
