import Testing

@testable import BedquotaCommands

struct HelpWidthTests {
  @Test(arguments: [
    ("0", 80, 40), ("1", 0, 40), ("-5", 80, 40), ("39", 80, 40), ("40", 1, nil), ("1000000000", 80, nil), ("x", 80, nil),
    (nil, 1, 40), (nil, 0, nil), (nil, 80, nil), ("", 1, 40),
  ])
  func narrowWidthsAreWidened(columns: String?, terminal: Int, correction: Int?) {
    #expect(HelpWidth.correction(columns: columns, terminal: terminal) == correction)
  }
}
