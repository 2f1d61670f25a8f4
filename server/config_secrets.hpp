#pragma once

#include "server/config.hpp"

#include <expected>
#include <string>

/// Secrets are in files of their own: what stands in a URL stands in lists of processes too.
namespace haven {

/// Of the files that nothing else names, those that systemd, or a vault's agent in its place, has
/// laid into $CREDENTIALS_DIRECTORY for this program alone (systemd.exec, LoadCredential=):
/// master.key, master-other.key, tls.key, smtp.password, database.password.
void use_credentials(ServerConfig& config, const Environment& environment);

/// The password in database_password_file becomes part of database_url, which must have none.
[[nodiscard]] std::expected<void, std::string> add_database_password(ServerConfig& config);

} // namespace haven
