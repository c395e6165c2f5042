/// What differs between the AWS services we call.
package struct AWSService: Sendable, Hashable {
  /// What the endpoint's host name begins with.
  package let endpointPrefix: String
  /// The name in the signature's credential scope and before the colon of an IAM action.
  package let signingName: String
  /// The service id as `AWS_ENDPOINT_URL_<ID>` and a profile's `services` section spell it, in lower case.
  package let settingName: String

  package static let serviceQuotas = AWSService(
    endpointPrefix: "servicequotas", signingName: "servicequotas", settingName: "service_quotas")
  package static let bedrock = AWSService(endpointPrefix: "bedrock", signingName: "bedrock", settingName: "bedrock")
  package static let all = [serviceQuotas, bedrock, sts]
  package static let sts = AWSService(endpointPrefix: "sts", signingName: "sts", settingName: "sts")
}
