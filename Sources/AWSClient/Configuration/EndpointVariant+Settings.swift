import AWSWire

extension EndpointVariant {
  /// Reads `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT`, or the profile's keys of the same names in lower case.
  /// - Throws: ``AWSClientError`` (`configuration`) unless the values are `true` or `false`: botocore takes anything else for `false`, and
  ///   whoever must use FIPS wouldn't learn that.
  init(environment: [String: String], profile: Profile?) throws(AWSClientError) {
    func isOn(_ name: String) throws(AWSClientError) -> Bool {
      let variable = "AWS_\(name.uppercased())"
      let fromVariable = environment[variable].nonEmpty
      guard let value = fromVariable ?? profile?[name] else { return false }
      guard ["true", "false"].contains(value.lowercased()) else {
        let origin = fromVariable == nil ? "\(name) of profile \(profile?.name ?? "")" : variable
        throw AWSClientError(.configuration, "\(origin) is \"\(value)\"; it takes true or false.")
      }
      return value.lowercased() == "true"
    }
    self.init(
      usesFIPS: try isOn("use_fips_endpoint"), usesDualStack: try isOn("use_dualstack_endpoint"))
  }
}
