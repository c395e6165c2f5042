import Bedquota
import BuildInformation

/// What `--version` prints: the version of the package, and what this program was built from, by and for.
enum ProgramVersion {
  static let text = "bedquota \(BedquotaVersion.current) (\([commit, "Swift \(compiler)", target].joined(separator: ", ")))"

  private static var commit: String {
    let commit = String(cString: bedquota_commit())
    return commit.isEmpty ? "commit unknown" : "commit \(commit)"
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var target: String {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "another architecture"
    #endif
    #if os(macOS)
      return "\(architecture) macOS"
    #elseif canImport(Musl)
      return "\(architecture) Linux, musl"
    #elseif os(Linux)
      return "\(architecture) Linux"
    #else
      return architecture
    #endif
  }
}
