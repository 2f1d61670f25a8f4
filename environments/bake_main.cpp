// haven-bake: makes the .light file of each definition given. Run it after a place's geometry or
// lights change; without it a place opens slowly and its shadows are coarse.

#include "environments/definition/definition.hpp"
#include "environments/environment_builder.hpp"
#include "environments/light_file.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>

int main(int argc, char** argv) {
    using namespace haven::environments; // NOLINT(google-build-using-namespace)
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    if (arguments.size() < 2) {
        std::fprintf(stderr, "usage: haven-bake DEFINITION.json...\n");
        return 2;
    }
    for (const char* argument : arguments.subspan(1)) {
        const std::filesystem::path file(argument);
        const auto definition = read_definition(file);
        if (!definition) {
            std::fprintf(stderr, "haven-bake: %s\n", to_string(definition.error()).c_str());
            return 1;
        }
        auto scene = build_scene(*definition);
        bake_light(scene, BakeQuality::full);
        if (const auto written = write_light_file(light_file_of(file), scene); !written) {
            std::fprintf(stderr, "haven-bake: %s\n", written.error().c_str());
            return 1;
        }
        std::printf("%s: %zu vertices, %zu lights\n", light_file_of(file).string().c_str(),
                    scene.mesh.vertices.size(), scene.lights.size());
    }
    return 0;
}
