/** pdfkit also takes an open fontkit font, which its types do not say; that lets papers share the parsed fonts. */
import type { Font } from 'fontkit';

declare global {
  namespace PDFKit.Mixins {
    interface PDFFont {
      registerFont(name: string, src: Font): this;
    }
  }
}
