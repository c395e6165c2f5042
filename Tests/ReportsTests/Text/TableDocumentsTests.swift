import Reports
import Testing

struct TableDocumentsTests {
  private func csv(_ cell: String) -> String {
    String(Table(columns: [.text("N")], rows: [[.init(cell)]]).csv().dropFirst(2))
  }

  private func markdown(_ cell: String) -> String {
    let line = Table(columns: [.text("N")], rows: [[.init(cell)]]).markdown().split(separator: "\n")[2]
    return String(line.dropFirst(2).dropLast(2))
  }

  @Test(arguments: [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "\n=1+1", "\u{FF1D}1+1", "\u{200B}=1+1", "-",
    "|calc", "=\u{301}1",
  ])
  func formulasBecomeText(cell: String) {
    let text = csv(cell).replacing("\"", with: "")
    #expect(text.unicodeScalars.first == "'", "\(text)")
  }

  @Test(arguments: ["-5", "+5", "-0.5", "1e-07", "-1.5e+20", "6000000", "0.5", "", "-12.40 %", "us.amazon.nova-pro-v1:0", "a=b"])
  func numbersAndNamesStay(cell: String) { #expect(csv(cell) == cell) }

  @Test func quotesAsRFC4180SaysAndNoControls() {
    #expect(csv("\"\u{301},=1") == "\"\"\"\u{301},=1\"")
    #expect(csv("a\r\nb") == "\"a \nb\"")
    #expect(csv("a\"b") == "\"a\"\"b\"" && csv("a\nb") == "\"a\nb\"" && csv("a;=1") == "\"a;=1\"")
    #expect(csv("a\u{1B}]52;c;x\u{7}\u{9B}\u{202E}") == "\"a ]52;c;x   \"")
  }

  @Test(arguments: [
    ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"), ("[x](javascript:y)", "\\[x\\](javascript:y)"),
    ("![x](y)", "\\!\\[x\\](y)"), ("`a`", "\\`a\\`"), ("a\\|b", "a\\\\\\|b"), ("a|b", "a\\|b"), ("*a* _b_", "\\*a\\* \\_b\\_"),
    ("a\nb", "a b"), ("http://evil", "http\\://evil"), ("www.evil.example", "www\\.evil.example"), ("&lt;b&gt;", "\\&lt;b\\&gt;"),
    ("<\u{301}b", "\\<\u{301}b"), ("us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
  ])
  func markdownIsText(cell: String, text: String) { #expect(Array(markdown(cell).unicodeScalars) == Array(text.unicodeScalars)) }
}
