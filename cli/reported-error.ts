// Ends a command whose problems are on stderr already, such as the findings in a jobset file.
import { DistError } from '../shared/base/errors.ts'

export class ReportedError extends DistError {}
