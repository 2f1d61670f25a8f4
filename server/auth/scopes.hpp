#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What a token may do: a closed set of names. Pure.
namespace haven::auth {

/// A set of them.
using Scopes = std::uint32_t;

namespace scope {
inline constexpr Scopes account = 1U << 0U; ///< who one is: profile, password, consents, devices
inline constexpr Scopes journal = 1U << 1U; ///< all that a person has written, drawn and been told
inline constexpr Scopes drawing = 1U << 2U; ///< what a headset brings, and nothing else
inline constexpr Scopes care = 1U << 3U;    ///< a clinician's: the people they care for, cases
inline constexpr Scopes clinic = 1U << 4U;  ///< a clinician's: who works there, figures, prompts
// A service's, by what its program is for.
inline constexpr Scopes sessions = 1U << 5U; ///< leads people through sessions
inline constexpr Scopes consents = 1U << 6U;
inline constexpr Scopes screenings = 1U << 7U;
inline constexpr Scopes agents = 1U << 8U;
inline constexpr Scopes prompts = 1U << 9U;
inline constexpr Scopes speech = 1U << 10U;
inline constexpr Scopes notifications = 1U << 11U;
inline constexpr Scopes analytics = 1U << 12U;

inline constexpr Scopes of_user = account | journal | drawing;
inline constexpr Scopes of_clinician = account | care | clinic;
inline constexpr Scopes of_service =
    sessions | consents | screenings | agents | prompts | speech | notifications | analytics;
inline constexpr Scopes any = of_user | of_clinician | of_service;
} // namespace scope

/// "account journal", in the order above.
[[nodiscard]] std::string to_string(Scopes scopes);

/// Of names with a space between them. A name that nobody knows opens nothing.
[[nodiscard]] Scopes parse_scopes(std::string_view names);

} // namespace haven::auth
