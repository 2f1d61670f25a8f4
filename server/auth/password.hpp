#pragma once

#include "net/api/records.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace haven::auth {

/// Call once, before anything else of auth, from main. False: libsodium could not start; do not
/// serve.
[[nodiscard]] bool init();

/// Whose a password is, and for what: where somebody who guesses begins.
struct PasswordContext {
    std::string_view email = {};
    std::string_view name = {};
    std::string_view site_url = {};
};

/// 8 to 128 characters (Unicode code points, composed), as RFC 8265 prepares a password, not among
/// the commonest, not the e-mail address; and 8 besides the words of its context, which are those
/// of four letters and more in the name, the address and the site's host, and "haven". The error
/// says what is wrong with it, for the person who chose it, without repeating it, and names no
/// place.
[[nodiscard]] std::expected<void, api::BodyError>
check_password(std::string_view password, const PasswordContext& context = {});

class BreachedPasswords; // server/auth/breached_passwords.hpp

/// Why a password has no hash.
struct NotHashed {
    std::optional<api::BodyError> refused = {}; ///< it is no password to choose; names no place
    std::string failure = {};                   ///< otherwise: of the machine
};

/// Of one that somebody chose and check_password let pass: its hash, where it is none of
/// `breached`, which may be null. On a worker.
[[nodiscard]] std::expected<std::string, NotHashed>
hash_new_password(std::string_view password, const BreachedPasswords* breached);

/// argon2id of the prepared password, 19456 KiB, 2 passes: about 25 ms and 19 MiB for each call, so
/// run it on a thread pool and bound how many at once. The string fits users.password_hash. Fails
/// only without memory.
[[nodiscard]] std::expected<std::string, std::string> hash_password(std::string_view password);

/// Same cost as hash_password; twice that where the password is not typed as it is prepared,
/// because an older hash may be of what was typed. False for a hash that is damaged too.
[[nodiscard]] bool verify_password(std::string_view hash, std::string_view password);

/// The hash was made with other parameters than today's, or of the password as it was typed: after
/// a successful log-in hash again and store. Without a password it is the parameters alone.
[[nodiscard]] bool needs_rehash(std::string_view hash, std::string_view password = {});

struct Verdict {
    bool right = false;
    std::optional<std::string> new_hash; ///< to be stored, where the old one is to be replaced
};

/// A log-in. An empty hash is that of an e-mail nobody has: never right, and costs what a wrong
/// password costs, so that an answer's time tells nothing.
[[nodiscard]] Verdict prove(std::string_view hash, std::string_view password);

} // namespace haven::auth
