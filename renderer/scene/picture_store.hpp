#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace haven::scene {

/// All mips of a square picture of four channels of eight bits, largest first: levels_of().
using PictureLevels = std::vector<std::vector<std::byte>>;

/// A picture that takes a while to make, kept in a folder between starts: one file a name, in place
/// of the one before. What is damaged, of another size or of another build of this program is made
/// anew. An empty folder keeps nothing.
[[nodiscard]] PictureLevels kept_picture(const std::filesystem::path& folder, std::string_view name,
                                         std::uint32_t size_px,
                                         const std::function<PictureLevels()>& make);

} // namespace haven::scene
