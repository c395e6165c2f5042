import AWSWire
import Testing

struct HexTests {
  @Test func bytesBecomeTwoLowerCaseDigits() {
    #expect(Hex.encode([0x00, 0x0F, 0xA0, 0xFF, 0x9A]) == "000fa0ff9a")
    #expect(Hex.encode([]) == "")
  }
}
