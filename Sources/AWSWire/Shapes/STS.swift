import Foundation

/// The account and the user or role that credentials belong to.
package struct CallerIdentity: Sendable, Equatable {
  package var account: String
  package var arn: String
  package var userID: String
}

/// The one STS operation that is called, in awsQuery.
package enum STSAPI {
  package static let wire = WireProtocol.query(version: "2011-06-15")

  package static func getCallerIdentity() -> AWSOperation<CallerIdentity> {
    AWSOperation(
      service: .sts, name: "GetCallerIdentity", wire: wire, request: wire.post(operation: "GetCallerIdentity"),
      decode: { body in
        let result = try XMLReply.decode(Reply.self, from: body).GetCallerIdentityResult
        return CallerIdentity(account: result.Account, arn: result.Arn, userID: result.UserId)
      })
  }

  private struct Reply: Decodable {
    struct Result: Decodable {
      var Account: String
      var Arn: String
      var UserId: String
    }
    var GetCallerIdentityResult: Result
  }
}
