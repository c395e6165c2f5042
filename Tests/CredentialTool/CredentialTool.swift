import AWSClient
import AWSWire
import Foundation

/// Prints as JSON the credentials that are found in this environment, for the Python tests, which compare them with botocore's.
@main
struct CredentialTool {
  static func main() async {
    let environment = ProcessInfo.processInfo.environment
    let output: JSONValue
    do {
      let found = try await AWSConfiguration(environment: environment).credentials.credentials()
      output = found.map(Self.json) ?? .object([])
    } catch let error as AWSClientError {
      let remedy = error.remedy.map { "\($0)" }
      output = [
        "code": .string(error.code.name), "message": .string(error.message), "remedy": remedy.map { .string($0) } ?? .null,
        "status": error.service.map { .integer($0.status) } ?? .null,
      ]
    } catch {
      output = ["code": "other", "message": .string("\(error)")]
    }
    print(String(decoding: output.data, as: UTF8.self))
  }

  private static func json(_ found: Credentials) -> JSONValue {
    [
      "accessKey": .string(found.accessKeyID), "secretKey": .string(found.secretAccessKey),
      "token": found.sessionToken.map { .string($0) } ?? .null,
      "expiration": found.expiration.map { .integer(Int($0.timeIntervalSince1970)) } ?? .null,
    ]
  }
}
