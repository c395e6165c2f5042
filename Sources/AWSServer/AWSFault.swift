/// An error as AWS would return it, before ``ServedService`` spells it in the service's protocol.
package struct AWSFault: Error, Equatable {
  /// AWS's error code, such as `ThrottlingException`.
  package var code: String
  package var message: String
  /// The HTTP status; nil for the usual one of the service.
  package var status: Int?
  /// Whether the service's model has the error. AWS's front end adds others, with another status and spelling.
  package var isModelled: Bool
  /// The code in CloudWatch's older query protocol, which clients still show; nil if it is the same.
  package var queryCode: String?
  /// Seconds for a `Retry-After` header; nil for none. Only Bedrock's faults have one: AWS's other services don't send it.
  package var retryAfter: Int?

  package init(code: String, message: String, status: Int? = nil, isModelled: Bool = true, queryCode: String? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.isModelled = isModelled
    self.queryCode = queryCode
  }
}
