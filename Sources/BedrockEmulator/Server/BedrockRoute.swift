import AWSServer
import Foundation

/// The operation of Bedrock's control plane or data plane that a request's method and path name.
///
/// Source: botocore's service models `bedrock` and `bedrock-runtime`.
enum BedrockRoute: Sendable, Equatable {
  case invocation(BedrockRuntimeService.Operation, modelID: String)
  case listFoundationModels
  case getFoundationModel(String)
  case getFoundationModelAvailability(String)
  case listInferenceProfiles
  case getInferenceProfile(String)
  case createInferenceProfile
  case deleteInferenceProfile(String)
  case tagResource
  case untagResource
  case listTagsForResource
  case listProvisionedModelThroughputs
  case getProvisionedModelThroughput(String)
  case createGuardrail
  case updateGuardrail(String)
  case createGuardrailVersion(String)
  case getGuardrail(String)
  case listGuardrails
  case deleteGuardrail(String)
  case applyGuardrail(String, version: String)
  case startAsyncInvoke
  case getAsyncInvoke(String)
  case listAsyncInvokes
  case createModelInvocationJob
  case getModelInvocationJob(String)
  case stopModelInvocationJob(String)
  case listModelInvocationJobs

  /// nil if the emulator has no such operation.
  init?(_ request: ServerRequest) {
    if request.method == "POST", let route = BedrockRuntimeService.route(request.path) {
      self = .invocation(route.operation, modelID: route.modelID)
      return
    }
    // Some clients encode the slashes and colons of an id or ARN in the path; others don't.
    let parts = request.path.split(separator: "/", maxSplits: 1).map { $0.removingPercentEncoding ?? String($0) }
    switch (request.method, parts.first, parts.count > 1 ? parts[1] : nil) {
    case ("GET", "foundation-models", nil): self = .listFoundationModels
    case ("GET", "foundation-models", let id?): self = .getFoundationModel(id)
    case ("GET", "foundation-model-availability", let id?): self = .getFoundationModelAvailability(id)
    case ("GET", "inference-profiles", nil): self = .listInferenceProfiles
    case ("GET", "inference-profiles", let id?): self = .getInferenceProfile(id)
    case ("POST", "inference-profiles", nil): self = .createInferenceProfile
    case ("DELETE", "inference-profiles", let id?): self = .deleteInferenceProfile(id)
    case ("POST", "tagResource", nil): self = .tagResource
    case ("POST", "untagResource", nil): self = .untagResource
    case ("POST", "listTagsForResource", nil): self = .listTagsForResource
    case ("GET", "provisioned-model-throughputs", nil): self = .listProvisionedModelThroughputs
    case ("GET", "provisioned-model-throughput", let id?): self = .getProvisionedModelThroughput(id)
    case ("POST", "guardrails", nil): self = .createGuardrail
    case ("POST", "guardrails", let id?): self = .createGuardrailVersion(id)
    case ("PUT", "guardrails", let id?): self = .updateGuardrail(id)
    case ("GET", "guardrails", let id?): self = .getGuardrail(id)
    case ("GET", "guardrails", nil): self = .listGuardrails
    case ("DELETE", "guardrails", let id?): self = .deleteGuardrail(id)
    case ("POST", "model-invocation-job", nil): self = .createModelInvocationJob
    case ("GET", "model-invocation-job", let id?): self = .getModelInvocationJob(id)
    case ("POST", "model-invocation-job", let rest?):
      guard rest.hasSuffix("/stop") else { return nil }
      self = .stopModelInvocationJob(String(rest.dropLast("/stop".count)))
    case ("GET", "model-invocation-jobs", nil): self = .listModelInvocationJobs
    case ("POST", "async-invoke", nil): self = .startAsyncInvoke
    case ("GET", "async-invoke", let arn?): self = .getAsyncInvoke(arn)
    case ("GET", "async-invoke", nil): self = .listAsyncInvokes
    case ("POST", "guardrail", let rest?):
      guard let route = Self.applied(rest) else { return nil }
      self = .applyGuardrail(route.id, version: route.version)
    default: return nil
    }
  }

  /// The parts of `{id}/version/{version}/apply`, where an ARN has slashes too.
  private static func applied(_ rest: String) -> (id: String, version: String)? {
    guard rest.hasSuffix("/apply"), let middle = rest.range(of: "/version/", options: .backwards) else { return nil }
    let version = rest[middle.upperBound...].dropLast("/apply".count)
    guard !version.contains("/") else { return nil }
    return (String(rest[..<middle.lowerBound]), String(version))
  }

  /// What AWS replies to an operation that it doesn't know. It needs no signature and no body, so that a client that streams its
  /// request without end hears of it at once.
  static let unknown = ServerResponse(
    status: 404, headers: [("Content-Type", "application/xml"), ("x-amzn-ErrorType", "UnknownOperationException")],
    body: Data("<UnknownOperationException/>\n".utf8))
}
