import AWSClient
import AWSWire
import Foundation

/// Reads config files for the Python tests, which compare with botocore. Lines of base64 in, JSON lines out.
@main
struct ConfigTool {
  private struct Output: Encodable {
    var sections: [String: [String: String]]?
    var profiles: [String: [String: String]]?
    var services: [String: [String: String]]?
    var error: String?
  }

  static func main() throws {
    while let line = readLine() {
      guard let data = Data(base64Encoded: line) else { fatalError("not base64: \(line)") }
      print(String(decoding: try JSONEncoder().encode(read(data)), as: UTF8.self))
    }
  }

  private static func read(_ data: Data) -> Output {
    guard let text = String(validating: data, as: UTF8.self) else { return Output(error: "not UTF-8") }
    do {
      let file = try ConfigFile(text, path: "config")
      return Output(sections: file.sections, profiles: file.profiles, services: file.named("services"))
    } catch {
      return Output(error: "\(error)")
    }
  }
}
