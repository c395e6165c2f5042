package import Bedquota
import Yams

/// A file of accounts for commands that send to several: a list as `accounts` has it in the configuration of a gateway, or such a
/// configuration, whose other keys don't count here.
package enum AccountsFile {
  /// - Returns: one account or more.
  /// - Throws: every problem of the file.
  package static func read(_ file: String) throws(ConfigurationProblems) -> [AccountSettings] {
    try read(yaml: ConfigurationDocument.text(of: file), file: file)
  }

  /// - Parameter file: the name of the file, for messages.
  static func read(yaml: String, file: String) throws(ConfigurationProblems) -> [AccountSettings] {
    let root = try ConfigurationDocument.parse(yaml, file: file)
    var reader = ConfigurationReader()
    let accounts = reader.accounts(root?.mapping.flatMap { $0["accounts"] } ?? root)
    if accounts.isEmpty, reader.problems.isEmpty {
      reader.report(nil, "the file names no account; write a list, with - before each account")
    }
    guard reader.problems.isEmpty else { throw ConfigurationProblems(file: file, problems: reader.problems) }
    return accounts
  }
}
