#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Whose each drawing is. An owner is an account of a server, or, until a server has said which,
/// whoever bears a token. What has no owner is nobody's until somebody claims it.
namespace haven::outbox::detail {

/// A hash of a token, keyed with the file's own salt.
using TokenPrint = std::array<std::byte, 32>;
[[nodiscard]] Result<TokenPrint> print_of(Database& database, std::string_view token);

inline constexpr std::int64_t nobody = 0;       ///< owner of what nobody said whose it is
inline constexpr std::int64_t nothing_yet = -1; ///< of a bearer for whom nothing waits

/// The owner whose drawings go under this token.
[[nodiscard]] Result<std::int64_t> owner_of(Database& database,
                                            const std::optional<TokenPrint>& print);

/// The drawing is the bearer's from now on. Part of a change.
[[nodiscard]] Result<void> give(Database& database, const Uuid& drawing_id,
                                const TokenPrint& print);

/// A server said whose the token is: what waited for its bearer waits for the account. Part of a
/// change; `owner_of` says beforehand whether there is one to make.
[[nodiscard]] Result<void> identify(Database& database, const TokenPrint& print,
                                    const Account& account);
[[nodiscard]] Result<bool> is_identified(Database& database, const TokenPrint& print,
                                         const Account& account);

/// The bearer says that these are theirs: the drawing named, or all that nobody has.
[[nodiscard]] Result<void> claim(Database& database, const TokenPrint& print,
                                 const std::optional<Uuid>& drawing_id);

/// Forgets whose those drawings were of which nothing is left. Part of a change.
[[nodiscard]] Result<void> forget_gone(Database& database);

[[nodiscard]] Result<std::vector<KeptDrawing>> kept_drawings(Database& database);
/// Of everybody but `mine`.
[[nodiscard]] Result<std::vector<Waiting>> waiting(Database& database, std::int64_t mine);

} // namespace haven::outbox::detail
