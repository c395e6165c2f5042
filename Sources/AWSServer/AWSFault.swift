/// An error that AWS would answer with, before a protocol gives it its form.
package struct AWSFault: Error, Equatable {
  package var code: String
  package var message: String
  /// nil: the protocol's usual one.
  package var status: Int?
  /// Modelled errors of Service Quotas spell the member `Message`; errors of the front door, `message`.
  package var isModelled: Bool
  /// The code that CloudWatch's older query protocol had for it, which clients still show; nil: the same.
  package var queryCode: String?

  /// Seconds for a `Retry-After` header; nil: none.
  package var retryAfter: Int?

  package init(code: String, message: String, status: Int? = nil, isModelled: Bool = true, queryCode: String? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.isModelled = isModelled
    self.queryCode = queryCode
  }
}
