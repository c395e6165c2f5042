import AWSWire
import Foundation
import HTTPTypes

/// A reply of a source of credentials, read with distrust: neither its body nor a message in it is repeated in an error, because
/// both may contain keys.
struct CredentialReply: Sendable {
  /// The names of the members that hold keys.
  struct Names: Sendable {
    var accessKeyID: String
    var secretAccessKey: String
    var sessionToken: String
    /// Of IAM Identity Center and AWS Sign-In.
    static let service = Names(accessKeyID: "accessKeyId", secretAccessKey: "secretAccessKey", sessionToken: "sessionToken")
    /// Of the endpoints on the machine itself.
    static let local = Names(accessKeyID: "AccessKeyId", secretAccessKey: "SecretAccessKey", sessionToken: "Token")
  }

  /// A reply of more bytes isn't one; real ones have less than 10 KB.
  private static let bytesMax = 131_072

  let status: Int
  /// The body, if it is a JSON object.
  let object: JSONValue?
  /// The service's code for its error, such as `UnauthorizedException`.
  let errorCode: String?

  init(_ response: AWSHTTPResponse) {
    status = response.head.status.code
    let value = response.body.count <= Self.bytesMax ? try? JSONValue(response.body) : nil
    let object = value?.members == nil ? nil : value
    self.object = object
    let header = HTTPField.Name("x-amzn-errortype").flatMap { response.head.headerFields[$0] }
    errorCode =
      ([header] + ["error", "__type", "code", "Code"].map { object?[$0]?.string }).lazy.compactMap {
        $0.flatMap(Self.code)
      }.first
  }

  /// `com.amazonaws.sso#UnauthorizedException:http://…` is `UnauthorizedException`. What doesn't look like a code is none.
  private static func code(_ text: String) -> String? {
    let code = text.prefix { $0 != ":" }.split(separator: "#").last ?? ""
    let isCode = (1...64).contains(code.utf8.count) && code.utf8.allSatisfy { $0 == 95 || (65...90).contains($0 & ~32) }
    return isCode ? String(code) : nil
  }

  var isSuccess: Bool { (200..<300).contains(status) }

  /// `HTTP 401, UnauthorizedException`
  var outcome: String {
    if let errorCode { return "HTTP \(status), \(errorCode)" }
    return isSuccess ? "a reply without usable keys" : "HTTP \(status)"
  }

  /// Whether the service may give keys in a while.
  var isTransient: Bool { status == 429 || RetryPolicy.isTransient(status: status) }

  /// An error for a service that is away or has too much to do; calls are tried again after it as after one of their own.
  func unavailable(_ message: String) -> AWSClientError {
    AWSClientError(
      .credentials, message,
      service: .init(code: errorCode ?? "Unknown", message: message, status: status, requestID: nil, body: []))
  }

  /// The keys in an object; nil unless all three are texts that can be sent in a header.
  static func credentials(in object: JSONValue?, _ names: Names, expiration: Date?) -> Credentials? {
    func text(_ name: String) -> String? { object?[name]?.string.flatMap { isHeaderValue($0) ? $0 : nil } }
    guard let key = text(names.accessKeyID), let secret = text(names.secretAccessKey), let token = text(names.sessionToken)
    else { return nil }
    return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token, expiration: expiration)
  }

  /// Whether a text is printable ASCII without spaces, as keys and tokens are.
  static func isHeaderValue(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

  /// An error for a source that sent no whole reply.
  /// - Parameter name: the source, as the beginning of the sentence.
  static func unreachable(_ name: String, _ request: AWSHTTPRequest, _ error: AWSClientError) -> AWSClientError {
    let host = request.head.authority ?? ""
    // The error's own advice for a timeout, to raise it, is for calls with a timeout of the user's.
    let message =
      error.code == .timeout
      ? "\(name) didn't answer in time at \(host); check the network and any proxy, and try again."
      : "\(name) couldn't be asked. \(error.message)"
    // The Region and the endpoint of the calls aren't those of the source.
    let parameters = error.parameters.filter { ["caBundle", "connectTimeout"].contains($0) }
    var copy = AWSClientError(error.code, message, parameters: parameters, underlying: error)
    copy.delivery = error.delivery
    return copy
  }

  /// An error for a page or a redirection, as a network sends them that wants its user to sign in.
  static func elsewhere(_ name: String, _ request: AWSHTTPRequest, status: Int) -> AWSClientError {
    var error = AWSClientError(
      .transport,
      "Something other than \(name) answered at \(request.head.authority ?? "") (HTTP \(status)), with a page or a redirection; check whether a proxy or the network wants you to sign in."
    )
    error.delivery = .unsent
    return error
  }
}
