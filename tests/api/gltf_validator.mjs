// usage: node gltf_validator.mjs PATH_OF_GLTF_VALIDATOR FILE.glb...
//
// Khronos' validator over each file: an error or a warning is told, and the end is 1.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const [path, ...files] = process.argv.slice(2);
const {validateBytes} = createRequire(import.meta.url)(path);
let faults = 0;
for (const file of files) {
    const {issues, info} = await validateBytes(new Uint8Array(readFileSync(file)), {uri: file, format: 'glb', maxIssues: 0});
    faults += issues.numErrors + issues.numWarnings;
    console.log(`${file}: ${issues.numErrors} errors, ${issues.numWarnings} warnings, ${info?.totalTriangleCount} triangles`);
    issues.messages.filter((one) => one.severity <= 1).slice(0, 20).forEach((one) => console.log(JSON.stringify(one)));
}
process.exitCode = files.length > 0 && faults === 0 ? 0 : 1;
