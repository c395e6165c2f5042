import AWSWire
import Foundation
import HTTPTypes
import Testing

struct ServiceErrorParserTests {
  private static let json = WireProtocol.json(version: "1.1", target: "x")
  private static let query = WireProtocol.query(version: "2011-06-15")

  private func parse(_ body: String, _ wire: WireProtocol, status: Int = 400, headers: [String: String] = [:])
    -> AWSClientError.Service
  {
    var head = HTTPResponse(status: .init(code: status))
    for (name, value) in headers { head.headerFields[HTTPField.Name(name)!] = value }
    return ServiceErrorParser.parse(AWSHTTPResponse(head: head, body: Data(body.utf8)), as: wire)
  }

  @Test(
    arguments: [
      (#"{"__type":"ThrottlingException","message":"m"}"#, json, "ThrottlingException", "m"),
      (#"{"__type":"com.amazonaws.x#NoSuchResourceException","Message":"m"}"#, json, "NoSuchResourceException", "m"),
      (#"{"code":"AccessDenied","message":"m"}"#, .restJSON, "AccessDenied", "m"),
      (#"{"__type":"a.b#C:http://internal.amazon.com/x/","message":null,"Message":"m"}"#, .restJSON, "C", "m"),
      (#"{"__type":5,"message":"m"}"#, json, "Unknown", "m"), (#"{"__type":"","message":["m"]}"#, json, "Unknown", ""),
      ("<html>502</html>", json, "Unknown", ""), ("", json, "Unknown", ""), ("[]", .restJSON, "Unknown", ""),
      (
        "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>a &lt; b</Message></Error></ErrorResponse>", query,
        "SignatureDoesNotMatch", "a < b"
      ),
      ("<ErrorResponse><Error></Error></ErrorResponse>", query, "Unknown", ""), ("{}", query, "Unknown", ""),
      ("<a>", query, "Unknown", ""),
    ] as [(String, WireProtocol, String, String)])
  func bodies(body: String, wire: WireProtocol, code: String, message: String) {
    let error = parse(body, wire)
    #expect(error.code == code && error.message == message && error.status == 400)
    #expect(error.body == Array(body.utf8))
  }

  @Test func theHeaderNamesTheError() {
    let error = parse(
      #"{"__type":"Other","message":"m"}"#, .restJSON, status: 429,
      headers: ["x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/", "x-amzn-requestid": "id"])
    #expect(error.code == "ThrottlingException" && error.status == 429 && error.requestID == "id")
  }

  @Test func longTextsAreCut() {
    let error = parse(
      #"{"__type":"\#(String(repeating: "c", count: 1_000))","message":"\#(String(repeating: "m", count: 9_000))"}"#, Self.json)
    #expect(error.code.count == 128 && error.message.count == 1_000 && error.body.count == 4_096)
  }
}
