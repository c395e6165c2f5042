import AWSServer
import AWSWire

extension S3Location {
  /// The location that a request gives in a configuration: `{"outputDataConfig": {"s3OutputDataConfig": {"s3Uri": …}}}`.
  init(in body: JSONValue, _ configuration: String, _ kind: String) throws(AWSFault) {
    let member = "\(configuration).\(kind).s3Uri"
    guard let uri = body[configuration]?[kind]?["s3Uri"]?.string else { throw .missing(member) }
    try self.init(uri, member: member)
  }
}
