import AWSWire
import Foundation
import HTTPTypes

extension AWSClient {
  /// Turns an error reply of AWS into a sentence that says what to do.
  func explain<Output>(
    _ response: AWSHTTPResponse, as identity: AWSIdentity, operation: AWSOperation<Output>, region: String
  ) -> AWSClientError {
    let service = ServiceErrorParser.parse(response, as: operation.wire).hiding(identity)
    let detail = service.message.isEmpty ? "" : ": \(service.message)"
    let code = service.code == "Unknown" ? "HTTP \(service.status)" : "\(service.code) (HTTP \(service.status))"
    let failure = "\(operation.name) in \(region) failed with \(code)\(detail)"
    var error = AWSClientError(.service, failure, operation: operation.name, service: service)
    let endpoint = configuration.endpoints.endpoint(for: operation.service, region: region)
    if let redirection = Self.redirection(response, of: "\(operation.name) in \(region)", at: endpoint) {
      (error.message, error.parameters, error.explains) = (redirection, ["endpointURL"], true)
      return error
    }
    switch service.code {
    case "Unknown" where Self.isPage(response.body):
      error.message =
        "\(operation.name) in \(region) got HTTP \(service.status) with a page of HTML, which AWS doesn't send; a proxy or firewall seems to have answered. Check the endpoint and the network."
      error.parameters = ["endpointURL"]
    case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized":
      error.message = Self.denial(service.message, action: operation.iamAction, region: region) + detail
      error.explains = true
    case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed":
      error.message =
        skew(response).map { "\(failure). Your clock is \($0); set it and try again." }
        ?? "\(operation.name) in \(region): the signature was refused (\(service.code)). Check the secret access key of your credentials."
    case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId":
      error.message =
        "AWS does not know this access key (\(service.code)); check the credentials and that the Region \(region) is enabled for the account."
    case "ExpiredToken", "ExpiredTokenException":
      error.message = "The session token has expired (\(service.code)); sign in again."
    case "ValidationException" where service.message.contains("model identifier is invalid"): error.remedy = .listModels
    case "NoSuchResourceException" where operation.service == .serviceQuotas && operation.name.hasPrefix("List"):
      error.message = "Service Quotas lists no Bedrock quotas in \(region); Bedrock seems not to be offered there."
      error.parameters = ["region"]
    default:
      if !failure.hasSuffix(".") { error.message += "." }
      if let id = service.requestID { error.message += " Request id \(id)." }
    }
    return error
  }

  private static func isPage(_ body: Data) -> Bool {
    let start = String(decoding: body.prefix(512), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
  }

  /// How far our clock is from the reply's `Date`; nil if it is too close to explain a refused signature.
  private func skew(_ response: AWSHTTPResponse) -> String? {
    guard let header = response.head.headerFields[.date], let date = HTTPDate.parse(header) else { return nil }
    let seconds = now().timeIntervalSince(date)
    guard abs(seconds) > 240, abs(seconds) < 1e9 else { return nil }
    return "\(Int((abs(seconds) / 60).rounded())) minutes \(seconds > 0 ? "ahead" : "behind")"
  }
}

extension AWSClientError {
  /// The same error with the number of attempts in its message.
  func after(attempts: Int) -> AWSClientError {
    var copy = self
    copy.message = "After \(attempts) attempts: \(copy.message)"
    return copy
  }
}
