import AWSServer
import Foundation
import Gateway
import Testing

/// Heads that botocore 1.44.8 signed (`botocore.auth.SigV4Auth`, which AnthropicBedrock uses too), with the date and the key of
/// `SignedHead`.
struct RecordedSignatureTests {
  private static let credential = "AWS4-HMAC-SHA256 Credential=BEDQUOTA_KEY_0_chat/20260921/us-east-1/bedrock/aws4_request"
  private static let body = Data("{\"messages\":[]}".utf8)

  /// boto3's Converse: three headers are signed, and an ARN is percent-encoded.
  private static let boto3 = ServerRequest(
    method: "POST",
    target: "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x/converse",
    headers: [
      ("Host", "127.0.0.1:4000"), ("Content-Type", "application/json"), ("User-Agent", "Boto3/1.43"),
      ("X-Amz-Date", "20260921T141320Z"),
      (
        "Authorization",
        "\(credential), SignedHeaders=content-type;host;x-amz-date, Signature=6dd603a53948ead2750e451abeb234f1379b6c4fe21ea1d8d4a52695cc40aa8c"
      ),
    ], body: body)

  /// AnthropicBedrock signs nearly all that it sends; the colon of the id is not encoded, and a value has two blanks.
  private static let anthropic = ServerRequest(
    method: "POST", target: "/model/anthropic.claude-opus-4-8-v1:0/invoke-with-response-stream?beta=true",
    headers: [
      ("host", "127.0.0.1:4000"), ("accept", "application/json"), ("accept-encoding", "gzip, deflate"),
      ("anthropic-version", "2023-06-01"), ("content-length", "15"), ("content-type", "application/json"),
      ("x-stainless-arch", "x64"), ("x-stainless-async", "false"), ("x-stainless-lang", "python"), ("x-stainless-os", "Linux"),
      ("x-stainless-package-version", "0.96.0"), ("x-stainless-read-timeout", "600"), ("x-stainless-retry-count", "0"),
      ("x-stainless-runtime", "CPython 3.12  build"), ("x-stainless-timeout", "600"), ("x-amzn-bedrock-trace", "ENABLED"),
      ("X-Amz-Date", "20260921T141320Z"),
      (
        "Authorization",
        "\(credential), SignedHeaders=accept;accept-encoding;anthropic-version;content-length;content-type;host;x-amz-date;x-amzn-bedrock-trace;x-stainless-arch;x-stainless-async;x-stainless-lang;x-stainless-os;x-stainless-package-version;x-stainless-read-timeout;x-stainless-retry-count;x-stainless-runtime;x-stainless-timeout, Signature=1117d1a871973ee1a4293aa4aa721ddd1de368558dd3bb488c12676082488a29"
      ),
    ], body: body)

  @Test(arguments: [boto3, anthropic]) func theyAreVerified(request: ServerRequest) throws {
    let authenticator = try SignedHead.authenticator()
    #expect(SignedHead.outcome(request, authenticator) == "chat")
    // Every header that was signed counts.
    for index in request.headers.indices where request.headers[index].name != "user-agent" {
      var changed = request
      changed.headers[index].value += "0"
      #expect(SignedHead.outcome(changed, authenticator) != "chat", "\(request.headers[index].name)")
    }
  }
}
