import AWSWire
import Foundation
import Testing

struct SigV4Tests {
  let keys = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: nil)
  let date = Date(timeIntervalSince1970: 1_440_938_160)  // 2015-08-30T12:36:00Z

  private func sign(_ target: String, headers: [(name: String, value: String)] = []) -> SigV4.Signed {
    SigV4(credentials: keys, region: "us-east-1", service: "bedrock").sign(
      method: "GET", target: target, headers: [("Host", "example.com")] + headers, body: Data(), date: date)
  }

  @Test(arguments: [
    ("/inference-profiles/us.amazon.nova-pro-v1%3A0", "/inference-profiles/us.amazon.nova-pro-v1%253A0"),
    ("/a//b/../c/", "/a/c/"), ("", "/"), ("/..", "/"), ("//", "/"),
  ])
  func pathsAreEncodedOnceMoreThanOnTheWire(target: String, canonical: String) {
    #expect(sign(target).canonicalRequest.split(separator: "\n", omittingEmptySubsequences: false)[1] == canonical)
  }

  @Test(arguments: [
    ("/?b=2&a=1", "a=1&b=2"), ("/?a=2&a=1", "a=1&a=2"), ("/?a", "a="), ("/?a=b%20c", "a=b%20c"), ("/?a=b c", "a=b%20c"),
    ("/?a=b/c", "a=b%2Fc"), ("/?a=%7e", "a=~"), ("/?a-=1&a=2", "a=2&a-=1"), ("/?%", "%25="), ("/?", ""),
  ])
  func queriesAreSortedAndEncodedOnce(target: String, canonical: String) {
    #expect(sign(target).canonicalRequest.split(separator: "\n", omittingEmptySubsequences: false)[2] == canonical)
  }

  @Test func foldedAndRepeatedHeadersBecomeOneLine() {
    let signed = sign("/", headers: [("X-B", " one\r\n  two\t three "), ("x-a", "1"), ("X-A", "0"), ("Connection", "close")])
    #expect(signed.canonicalRequest.contains("\nx-a:1,0\nx-amz-date:20150830T123600Z\nx-b:one two three\n\n"))
    #expect(!signed.canonicalRequest.contains("connection"))
  }

  @Test func aSignatureOfOursVerifies() throws {
    let signed = sign("/foundation-models?byProvider=x")
    let header = signed.headers.first { $0.name == "Authorization" }!.value
    let authorization = try #require(SigV4Authorization(header))
    let headers = ([(name: "Host", value: "example.com")] + signed.headers).map { ($0.name.lowercased(), $0.value) }
    func verify(secret: String = "secret", target: String = "/foundation-models?byProvider=x", body: String = "") -> Bool {
      authorization.verify(
        key: SigV4.SigningKey(secret: secret, day: "20150830", region: authorization.region, service: authorization.service),
        method: "GET", target: target, headers: headers, body: Data(body.utf8), stamp: "20150830T123600Z")
    }
    #expect(verify())
    #expect(!verify(secret: "Secret"))
    #expect(!verify(target: "/foundation-models?byProvider=y"))
    #expect(!verify(body: "x"))
  }

  @Test(arguments: [
    "", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x",
    "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/s/aws4_request, SignedHeaders=host",
    "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/s/aws5_request, SignedHeaders=host, Signature=x",
  ])
  func otherAuthorizationsAreRefused(header: String) { #expect(SigV4Authorization(header) == nil) }

  @Test func secretsAreNeverPrinted() {
    let keys = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalr", sessionToken: "tokentoken")
    var dumped = ""
    dump(keys, to: &dumped)
    for text in ["\(keys)", String(reflecting: keys), dumped] {
      #expect(!text.contains("wJalr") && !text.contains("tokentoken") && !text.contains("AKIDEX"))
    }
  }
}
