import type { ForecastResult } from '../forecast/result';
export async function forecastHtml(result: ForecastResult): Promise<string> {
  return JSON.stringify(result);
}
