/// The version of the package, for `--version` and the gateway's pages.
package enum BedquotaVersion {
  package static let current = "0.1.0"
}
