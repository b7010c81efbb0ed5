/** Prints the designs for scripts/make-design-reference.py: JSON keeps every bit of a finite f64. */
import { promptDesigns } from './promptDesign';

const designs = promptDesigns().map(({ name, features, targets }) => ({
  name,
  features: [...features],
  targets: [...targets],
}));
process.stdout.write(JSON.stringify({ node: process.version, designs }));
