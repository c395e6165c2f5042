import AWSServer
import AWSWire
import Foundation

extension CloudWatchService {
  /// Answers a request of the query protocol: a form in the body or in the query string, and XML back.
  /// - Parameter request: with its body decompressed.
  func respond(toForm request: ServerRequest, requestID: String, now: Date) throws(AWSFault) -> ServerResponse {
    var pairs = request.form.merging(request.query) { inBody, _ in inBody }
    let operation = pairs.removeValue(forKey: "Action") ?? ""
    let version = pairs.removeValue(forKey: "Version")
    let result: JSONValue
    do throws(AWSFault) {
      guard version == "2010-08-01" else { throw Self.unknown(operation) }
      result = try call(operation, try CloudWatchForm.value(of: pairs), now: now)
    } catch {
      guard error.code == "UnknownOperationException" else { throw error }
      throw AWSFault(
        code: "InvalidAction",
        message: "Could not find operation \(operation.prefix(100)) for version \(version?.prefix(50) ?? "NO_VERSION_SPECIFIED")")
    }
    return ServerResponse(
      status: 200, headers: [("Content-Type", "text/xml")], body: CloudWatchXML.reply(operation, result, requestID: requestID))
  }
}
