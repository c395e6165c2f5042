import AWSWire
package import Foundation

/// Reads an account folder: four files as the AWS CLI prints them, and optionally one with Provisioned Throughputs and
/// `account.json`.
///
/// Sub-folders that are named after Regions have the same files for further Regions of the account.
package enum AccountFolder {
  /// - Returns: one account per Region, the folder's own first.
  /// - Throws: ``EmulatorError`` (`account`) with the file and, for a fault in it, the line.
  package static func load(_ directory: URL) throws -> [EmulatedAccount] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw EmulatorError(.account, "\(directory.path) is not an account folder: there is no directory of this name.")
    }
    let children = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter { isRegion($0.lastPathComponent) && FileManager.default.fileExists(atPath: $0.appending(path: Name.applied).path) }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    if !children.isEmpty, !FileManager.default.fileExists(atPath: directory.appending(path: Name.applied).path) {
      return try children.map { try loadRegion($0, defaultRegion: $0.lastPathComponent) }
    }
    let main = try loadRegion(directory, defaultRegion: nil)
    return try [main] + children.map { try loadRegion($0, defaultRegion: $0.lastPathComponent, accountID: main.accountID) }
  }

  /// `us-east-1`
  private static func isRegion(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count >= 3 && Int(parts[parts.count - 1]) != nil
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }

  private enum Name {
    static let applied = "list-service-quotas.json"
    static let defaults = "list-aws-default-service-quotas.json"
    static let models = "list-foundation-models.json"
    static let profiles = "list-inference-profiles.json"
    static let provisioned = "list-provisioned-model-throughputs.json"
    static let account = "account.json"
  }

  /// An account with a thousand quotas has files of a megabyte.
  private static let fileBytesMax = 32 * 1_024 * 1_024

  private struct AccountFile: Decodable {
    var accountId: String?
    var region: String?
  }

  private static func loadRegion(_ directory: URL, defaultRegion: String?, accountID: String? = nil) throws -> EmulatedAccount {
    let appliedPage = try read(ServiceQuotaPage.self, directory, Name.applied)
    let defaultsPage = try read(ServiceQuotaPage.self, directory, Name.defaults)
    let profiles = try read(InferenceProfilePage.self, directory, Name.profiles)
    let provisioned = try readIfThere(ProvisionedModelPage.self, directory, Name.provisioned)
    let tokens = [
      (Name.applied, appliedPage.nextToken), (Name.defaults, defaultsPage.nextToken), (Name.profiles, profiles.nextToken),
      (Name.provisioned, provisioned?.nextToken),
    ]
    for (name, token) in tokens where token != nil {
      throw EmulatorError(
        .account, "\(directory.appending(path: name).path) is one page of several: it has a NextToken. Record all of them.")
    }
    let (applied, defaults) = (appliedPage.quotas, defaultsPage.quotas)
    for (name, quotas) in [(Name.applied, applied), (Name.defaults, defaults)] {
      var seen: Set<String> = []
      for quota in quotas where !seen.insert(quota.quotaCode).inserted {
        throw EmulatorError(
          .account, "\(directory.appending(path: name).path): quota \(quota.quotaCode) is in the list twice.")
      }
    }
    let account = try readIfThere(AccountFile.self, directory, Name.account)
    if let told = account, told.region.map(isRegion) == false || told.accountId.map({ $0.count == 12 && Int($0) != nil }) == false
    {
      let path = directory.appending(path: Name.account).path
      throw EmulatorError(.account, "\(path): accountId must be 12 digits and region one like us-east-1.")
    }
    // Without account.json, the ARNs of the quotas name the account and the Region.
    let arn = (applied + defaults).lazy.compactMap { $0.quotaArn.flatMap { ARN($0) } }.first
    return EmulatedAccount(
      accountID: account?.accountId ?? accountID ?? (arn?.account).nonEmpty ?? "123456789012",
      region: account?.region ?? defaultRegion ?? (arn?.region).nonEmpty ?? "us-east-1",
      applied: applied, defaults: defaults,
      models: try read(FoundationModelList.self, directory, Name.models).modelSummaries,
      profiles: profiles.inferenceProfileSummaries, provisioned: provisioned?.provisionedModelSummaries ?? [])
  }

  /// The content of a regular file. Others are refused: a pipe could make the emulator wait, and a device has no end.
  private static func contents(of url: URL) throws -> Data {
    let values = try url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
    guard values.isRegularFile == true, let size = values.fileSize, size <= fileBytesMax else {
      throw EmulatorError(
        .account,
        "\(url.path) isn't a regular file of at most \(fileBytesMax / 1_024 / 1_024) MB; no file of an account is larger.")
    }
    return try Data(contentsOf: url)
  }

  private static func readIfThere<Value: Decodable>(_ type: Value.Type, _ directory: URL, _ name: String) throws -> Value? {
    FileManager.default.fileExists(atPath: directory.appending(path: name).path) ? try read(type, directory, name) : nil
  }

  private static func read<Value: Decodable>(_ type: Value.Type, _ directory: URL, _ name: String) throws -> Value {
    let url = directory.appending(path: name)
    let data: Data
    do {
      data = try contents(of: url).withoutByteOrderMark
    } catch let error as EmulatorError {
      throw error
    } catch {
      let why = FileManager.default.fileExists(atPath: url.path) ? "can't be read" : "is missing"
      throw EmulatorError(
        .account, "\(url.path) \(why); an account folder needs it (bedquota record makes one).", underlying: error)
    }
    // Foundation's decoder accepts a comma before a closing bracket, which isn't JSON.
    if let line = JSONProblem.syntaxErrorLine(in: data) {
      throw EmulatorError(.account, "\(url.path), line \(line): not valid JSON.")
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw EmulatorError(.account, "\(url.path), \(JSONProblem.describe(error, in: data)).", underlying: error)
    }
  }
}

extension Data {
  /// Without the byte order mark that some editors and shells write before UTF-8.
  fileprivate var withoutByteOrderMark: Data { starts(with: [0xEF, 0xBB, 0xBF]) ? Data(dropFirst(3)) : self }
}
