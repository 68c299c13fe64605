/* global setTimeout */
// For the bench alone: allows after $delay_ms.
function answer(r) {
  setTimeout(() => r.return(200, ''), Number(r.variables.delay_ms));
}

export default { answer };
