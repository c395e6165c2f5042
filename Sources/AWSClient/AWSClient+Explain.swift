import AWSWire
import Foundation
import HTTPTypes

extension AWSClient {
  /// Turns AWS's error into a sentence that says what to do.
  func explain<Output>(
    _ service: AWSClientError.Service, response: AWSHTTPResponse, operation: AWSOperation<Output>, region: String
  ) -> AWSClientError {
    let said = service.message.isEmpty ? "" : ": \(service.message)"
    let code = service.code == "Unknown" ? "HTTP \(service.status)" : "\(service.code) (HTTP \(service.status))"
    let what = "\(operation.name) in \(region) failed with \(code)\(said)"
    let sentence: String
    var (parameters, remedy): ([String], AWSClientError.Remedy?) = ([], nil)
    switch service.code {
    case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized":
      sentence = "Access denied: allow the IAM action \(operation.iamAction) (\(region))\(said)"
    case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed":
      sentence =
        skew(response).map { "\(what). Your clock is \($0); set it and try again." }
        ?? "\(operation.name) in \(region): the signature was refused (\(service.code)). Check the secret access key of your credentials."
    case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId":
      sentence =
        "AWS does not know this access key (\(service.code)); check the credentials and that the Region \(region) is enabled for the account."
    case "ExpiredToken", "ExpiredTokenException":
      sentence = "The session token has expired (\(service.code)); sign in again."
    case "ValidationException" where service.message.contains("model identifier is invalid"):
      sentence = what
      remedy = .listModels
    case "NoSuchResourceException" where operation.service == .serviceQuotas && operation.name.hasPrefix("List"):
      sentence = "Service Quotas lists no Bedrock quotas in \(region); Bedrock seems not to be offered there."
      parameters = ["region"]
    default:
      let id = service.requestID.map { " Request id \($0)." } ?? ""
      sentence = what.hasSuffix(".") ? what + id : what + "." + id
    }
    return AWSClientError(
      .service, sentence, operation: operation.name, service: service, parameters: parameters, remedy: remedy)
  }

  /// How far our clock is off by the server's `Date` header, where that explains a refused signature.
  private func skew(_ response: AWSHTTPResponse) -> String? {
    guard let header = response.head.headerFields[.date], let date = HTTPDate.parse(header) else { return nil }
    let seconds = now().timeIntervalSince(date)
    guard abs(seconds) > 240, abs(seconds) < 1e9 else { return nil }
    return "\(Int((abs(seconds) / 60).rounded())) minutes \(seconds > 0 ? "ahead" : "behind")"
  }
}

extension AWSClientError {
  func after(attempts: Int) -> AWSClientError {
    var copy = self
    let stop = copy.message.hasSuffix(".") ? "." : ""
    copy.message = "\(copy.message.dropLast(stop.count)) (after \(attempts) attempts)\(stop)"
    return copy
  }
}
