import AWSWire
import Testing

struct ConstantTimeTests {
  @Test(arguments: [
    ("", "", true), ("a", "a", true), ("a", "b", false), ("ab", "a", false), ("a", "ab", false), ("ab", "cb", false),
    ("é", "e\u{301}", false),
  ])
  func textsAreEqualIfTheirBytesAre(a: String, b: String, expected: Bool) { #expect(ConstantTime.equal(a, b) == expected) }
}
