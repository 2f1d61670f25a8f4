#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace haven::style {

/// One file of the project, read whole.
struct SourceFile {
    std::string path; ///< from the project's root, with forward slashes
    std::string text;
    std::vector<std::string> lines;
};

/// Every file git tracks or would track under the project's root; throws when git does not answer.
[[nodiscard]] std::vector<SourceFile> project_files();

[[nodiscard]] bool is_cpp(const SourceFile& file);
[[nodiscard]] bool has_extension(const SourceFile& file, std::initializer_list<const char*> list);

/// The first path component, or for renderer, net and xr_app the first two: "bilateral",
/// "renderer/gpu".
[[nodiscard]] std::string room_of(const std::string& path);

/// The paths in #include "..." lines.
[[nodiscard]] std::vector<std::string> project_includes(const SourceFile& file);
/// The names in #include <...> lines.
[[nodiscard]] std::vector<std::string> system_includes(const SourceFile& file);

} // namespace haven::style
