import AWSWire
import Testing

struct PercentEncodingTests {
  @Test(arguments: [
    ("", "", ""), ("AZaz09-._~", "AZaz09-._~", "AZaz09-._~"), ("a/b", "a%2Fb", "a/b"),
    ("us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1%3A0", "us.amazon.nova-pro-v1%3A0"),
    ("a b+c", "a%20b%2Bc", "a%20b%2Bc"), ("!'()*", "%21%27%28%29%2A", "%21%27%28%29%2A"), ("100%", "100%25", "100%25"),
    ("é", "%C3%A9", "%C3%A9"), ("漢", "%E6%BC%A2", "%E6%BC%A2"), ("🚀", "%F0%9F%9A%80", "%F0%9F%9A%80"),
    ("\u{0}\n", "%00%0A", "%00%0A"),
  ])
  func everyByteButTheUnreservedIsEncoded(text: String, encoded: String, path: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(PercentEncoding.encode(text, keepSlash: true) == path)
  }

  @Test(arguments: [
    ("a%2fb", "a%2Fb"), ("a%2Fb", "a%2Fb"), ("a/b", "a%2Fb"), ("%41", "A"), ("%7e", "~"), ("~", "~"), ("%e4%bc%a2", "%E4%BC%A2"),
    // What is no encoding stays, and is encoded.
    ("%", "%25"), ("%4", "%254"), ("%4g", "%254g"), ("100%25", "100%25"), ("%%41", "%25A"),
  ])
  func spellingsOfTheSameBytesBecomeEqual(text: String, normal: String) {
    #expect(PercentEncoding.normalize(text) == normal)
    #expect(PercentEncoding.normalize(normal) == normal, "again")
  }
}
