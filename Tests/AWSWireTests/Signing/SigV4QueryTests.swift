import AWSWire
import Testing

/// What is read as a signature in a URL.
struct SigV4QueryTests {
  private static let signature = String(repeating: "0123456789abcdef", count: 4)
  private static let good =
    "/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261128%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261128T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=\(signature)"

  private static func with(_ old: String, _ new: String) -> String { good.replacing(old, with: new) }

  @Test func whatSDKsWriteIsRead() throws {
    let query = try #require(SigV4Query(target: Self.good + "&X-Amz-Security-Token=a%2Bb%3D&c=d"))
    #expect(query.authorization.accessKeyID == "AKID" && query.authorization.region == "us-east-1")
    #expect(query.authorization.service == "sts" && query.authorization.signedHeaders == ["host"])
    #expect(query.authorization.signature == Self.signature)
    #expect(query.stamp == "20261128T000000Z" && query.expires == 60 && query.sessionToken == "a+b=")
    #expect(query.signedTarget == Self.with("&X-Amz-Signature=\(Self.signature)", "&X-Amz-Security-Token=a%2Bb%3D&c=d"))
  }

  /// A combining character after a separator belongs to the parameter, and makes no other of the one before.
  @Test func separatorsAreBytes() throws {
    let query = try #require(SigV4Query(target: Self.good + "&\u{301}=1"))
    #expect(query.authorization.signature == Self.signature && query.signedTarget.hasSuffix("=host&\u{301}=1"))
    #expect(SigV4Query.isPresent(in: "/x?a=b&\u{301}&X-Amz-Signature=0") && !SigV4Query.isPresent(in: "/x?&&"))
  }

  @Test(arguments: [
    ("/x", false), ("/x?a=b", false), ("/x?X-Amz-Date=1", false), ("/x?X-Amz-Signature=", true), ("/x?X-Amz-Credential", true),
    ("/x?X%2DAmz%2DSignature=0", true), ("/x?x-amz-signature=0", false), ("/X-Amz-Signature=0", false), (good, true),
  ])
  func whoSaysThatItIsSigned(target: String, isSigned: Bool) { #expect(SigV4Query.isPresent(in: target) == isSigned) }

  @Test(arguments: [
    "/x", with("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""), with("HMAC-SHA256", "HMAC-SHA1"), with("AKID%2F", ""),
    with("%2Faws4_request", ""), with("X-Amz-Date=20261128T000000Z&", ""), with("X-Amz-Expires=60&", ""), with("=60", "="),
    with("=60", "=-1"), with("=60", "=+1"), with("=60", "=6e1"), with("=60", "=99999999999999999999"),
    with("=60", "=60&X-Amz-Expires=60"),
    with("=60", "=60&X-Amz%2DExpires=60"), with("=host", "="), with("=host", "=Host"), with("=host", "=x-a%3Bhost"),
    with(signature, ""), good + "&X-Amz-Signature=\(signature)", with("AKID", "%zz"), good + "&%zz=1",
    good + "&X-Amz-Security-Token",
  ])
  func anythingElseIsNone(target: String) { #expect(SigV4Query(target: target) == nil) }
}
