#include "tests/style/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace haven::style {
namespace {

std::vector<std::string> git_files() {
    const std::string command = "git -c safe.directory='*' -C '" HAVEN_SOURCE_DIR
                                "' ls-files --cached --others --exclude-standard";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) {
        throw std::runtime_error("git ls-files could not be started");
    }
    std::string output;
    std::array<char, 4096> buffer{};
    while (const auto count = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
        output.append(buffer.data(), count);
    }
    std::vector<std::string> files;
    std::istringstream stream(output);
    for (std::string line; std::getline(stream, line);) {
        files.push_back(line);
    }
    if (files.empty()) {
        throw std::runtime_error("git ls-files named no file in " HAVEN_SOURCE_DIR);
    }
    return files;
}

std::vector<std::string> includes(const SourceFile& file, char open, char close) {
    std::vector<std::string> names;
    for (const auto& line : file.lines) {
        const std::string start = std::string("#include ") + open;
        if (line.starts_with(start)) {
            names.push_back(
                line.substr(start.size(), line.find(close, start.size()) - start.size()));
        }
    }
    return names;
}

} // namespace

std::vector<SourceFile> project_files() {
    std::vector<SourceFile> files;
    for (auto& path : git_files()) {
        std::ifstream stream(std::filesystem::path(HAVEN_SOURCE_DIR) / path, std::ios::binary);
        if (!stream) {
            continue; // removed in the working tree, not yet committed
        }
        SourceFile file{
            .path = path, .text = {std::istreambuf_iterator<char>(stream), {}}, .lines = {}};
        std::istringstream text(file.text);
        for (std::string line; std::getline(text, line);) {
            file.lines.push_back(line);
        }
        files.push_back(std::move(file));
    }
    return files;
}

bool has_extension(const SourceFile& file, std::initializer_list<const char*> list) {
    return std::ranges::any_of(list, [&](const char* end) { return file.path.ends_with(end); });
}

bool is_cpp(const SourceFile& file) {
    return has_extension(file, {".cpp", ".hpp"});
}

std::string room_of(const std::string& path) {
    const auto first = path.find('/');
    if (first == std::string::npos) {
        return "";
    }
    const std::string room = path.substr(0, first);
    const auto second = path.find('/', first + 1);
    const bool divided =
        room == "renderer" || room == "net" || room == "xr_app" || room == "server";
    return divided && second != std::string::npos ? path.substr(0, second) : room;
}

std::vector<std::string> project_includes(const SourceFile& file) {
    return includes(file, '"', '"');
}

std::vector<std::string> system_includes(const SourceFile& file) {
    return includes(file, '<', '>');
}

} // namespace haven::style
