// haven-bake: makes the .light file of each definition given. Run it after a place's geometry or
// lights change; without it a place opens slowly and its shadows are coarse.

#include "environments/catalog.hpp"
#include "environments/definition/definition.hpp"
#include "environments/environment_builder.hpp"
#include "environments/light_file.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <print>
#include <span>

int main(int argc, char** argv) {
    using namespace haven::environments; // NOLINT(google-build-using-namespace)
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    if (arguments.size() < 2) {
        std::println(stderr, "usage: haven-bake DEFINITION.json...");
        return 2;
    }
    for (const char* argument : arguments.subspan(1)) {
        const std::filesystem::path file(argument);
        const auto definition = read_definition(file);
        if (!definition) {
            std::println(stderr, "haven-bake: {}", to_string(definition.error()));
            return 1;
        }
        auto scene = build_scene(*definition);
        bake_light(scene, BakeQuality::full);
        if (const auto written = write_light_file(light_file_of(file), scene); !written) {
            std::println(stderr, "haven-bake: {}", written.error());
            return 1;
        }
        std::println("{}: {} vertices, {} lights", light_file_of(file).string(),
                     scene.mesh.vertices.size(), scene.lights.size());
    }
    return 0;
}
