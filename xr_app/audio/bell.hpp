#pragma once

#include <cstdint>

namespace haven::audio {

/// What a bell says. Each has a pitch of its own and a caption.
enum class Bell : std::uint8_t { begin, change, end };

} // namespace haven::audio
