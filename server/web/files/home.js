import {offerLogOut, whoAsks} from "./api.js";
import {translate} from "./words.js";

translate();
const answer = await whoAsks();
if (answer.status === 200) {
    document.getElementById("out").hidden = true;
    offerLogOut();
}
