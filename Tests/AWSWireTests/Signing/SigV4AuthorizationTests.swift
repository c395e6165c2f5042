import AWSWire
import Testing

/// What is read as an Authorization header, and which headers its signature must cover.
struct SigV4AuthorizationTests {
  private static let signature = String(repeating: "0123456789abcdef", count: 4)
  private static let good =
    "AWS4-HMAC-SHA256 Credential=AKID/20261128/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=\(signature)"

  /// The good header with a part replaced.
  private static func with(_ old: String, _ new: String) -> String { good.replacing(old, with: new) }

  private static let accepted: [String] = [
    good, with(", ", ","), with(", ", " ,\t "), with("AKID", "a/key"),
    with("host;", "content-type;host;"),
    // The order of the fields is free.
    "AWS4-HMAC-SHA256 Signature=\(signature), SignedHeaders=host;x-amz-date, Credential=AKID/20261128/us-east-1/bedrock/aws4_request",
  ]

  @Test(arguments: accepted)
  func whatSDKsWriteIsRead(header: String) {
    let read = SigV4Authorization(header)
    #expect(read?.day == "20261128" && read?.region == "us-east-1" && read?.service == "bedrock")
    #expect(read?.signature == Self.signature && read?.signedHeaders.contains("host") == true)
  }

  private static let refused: [(String, String)] = [
    ("", "nothing"), ("Bearer x", "another scheme"), (String(good.lowercased()), "the algorithm in lower case"),
    (with("SHA256 ", "SHA256"), "no blank"), (with("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "SigV4A"),
    (with("20261128", ""), "no day"), (with("20261128", "2026"), "a part of the day"),
    (with("20261128", "20261128T000000Z"), "more than the day"), (with("20261128", "2026112x"), "no day"),
    (with("us-east-1", ""), "no Region"), (with("us-east-1", "us-east-1/x"), "a slash in the Region"),
    (with("us-east-1", "US-EAST-1"), "upper case"), (with("us-east-1", String(repeating: "a", count: 64)), "long"),
    (with("bedrock", ""), "no service"), (with("bedrock", "bed rock"), "a blank in the service"),
    (with("AKID", ""), "no key"), (with("aws4_request", "aws4"), "another end of the scope"),
    (with("AKID/", ""), "four parts"), (with("host;x-amz-date", ""), "no headers"),
    (with("host;x-amz-date", "x-amz-date;host"), "unsorted"), (with("host;", "host;host;"), "doubled"),
    (with("host;", "Host;"), "upper case"), (with("host;", "host;;"), "an empty name"),
    (with(signature, ""), "no signature"), (good + ", Signature=\(signature)", "two signatures"),
    (with("Signature=", "Signature=0, Signature="), "two signatures"), (good + ", x=y", "another field"),
    (good + ",", "an empty field"), (with(", Signature=\(signature)", ""), "no signature"),
    (with("SignedHeaders=host;x-amz-date, ", ""), "no headers"), (with("Credential", "credential"), "lower case"),
  ]

  @Test(arguments: refused)
  func anythingElseIsNot(header: String, what: String) { #expect(SigV4Authorization(header) == nil, "\(what): \(header)") }

  /// Headers besides host and x-amz-date, those that are signed, and those that are missing.
  @Test(
    arguments: [
      ([], ["host", "x-amz-date"], []), ([], ["host"], ["x-amz-date"]), ([], ["x-amz-date"], ["host"]),
      (["x-amz-target"], ["host", "x-amz-date"], ["x-amz-target"]),
      (["x-amz-target"], ["host", "x-amz-date", "x-amz-target"], []),
      (["x-amzn-bedrock-service-tier"], ["host", "x-amz-date"], ["x-amzn-bedrock-service-tier"]),
      (["x-amz-content-sha256"], ["host", "x-amz-date"], ["x-amz-content-sha256"]),
      // What botocore and the SDKs for JavaScript, Go, Java and PHP add without signing it.
      (["user-agent", "expect", "connection", "x-amzn-trace-id", "transfer-encoding"], ["host", "x-amz-date"], []),
      (["amz-sdk-request", "amz-sdk-invocation-id", "x-amz-user-agent", "content-type", "accept"], ["host", "x-amz-date"], []),
      (["x-amz-security-token"], ["host", "x-amz-date"], []),
    ] as [([String], [String], [String])])
  func theSignatureMustCoverWhatHasAMeaning(extra: [String], signed: [String], missing: [String]) throws {
    let header = Self.with("host;x-amz-date", signed.joined(separator: ";"))
    let authorization = try #require(SigV4Authorization(header))
    let headers = (["host", "x-amz-date"] + extra).map { (name: $0, value: "x") }
    #expect(authorization.unsigned(of: headers) == missing)
  }
}
