// The arena and the version.

export function record(vector) {
  vector('the version of the ABI', (kernel) => {
    kernel.call('abi_version');
  });

  vector('zeroed memory, apart from each other, also after growth', (kernel) => {
    const small = kernel.allocate('small', 1);
    const next = kernel.allocate('next', 24);
    kernel.write(small, 'u8', [255]);
    kernel.read(small, 'u8', 16);
    kernel.read(next, 'u8', 24);
    const large = kernel.allocate('large', 5_000_000);
    kernel.read(large.plus(4_999_992), 'f64', 1);
    kernel.hash(large, 5_000_000);
    kernel.read(small, 'u8', 1);
  });

  vector('0 for what no 32-bit memory holds', (kernel) => {
    kernel.call('allocate', 2 ** 32 - 1);
    kernel.call('allocate', 2 ** 32 - 16);
  });
}
