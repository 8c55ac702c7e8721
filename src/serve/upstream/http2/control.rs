//! Frames that steer the connection and its stream: RST_STREAM, GOAWAY, WINDOW_UPDATE, SETTINGS, PING.

use super::{Bad, Http2, Phase, bad};
use crate::wire::http2::frame::{self, Head};
use crate::wire::http2::{Code, MAX_WINDOW};

/// SETTINGS and PING frames that are taken.
const MOST_CONTROLS: u32 = 1000;

impl Http2 {
    pub(super) fn take_reset(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.length != 4 {
            return bad(format!("upstream sent rst stream frame with invalid length: {}", head.length));
        }
        let code = Code(frame::number(content));
        if self.phase != Phase::Done || code != Code::NO_ERROR {
            return bad(format!("upstream rejected request with error {}", code.0));
        }
        if std::mem::replace(&mut self.was_reset, true) {
            return bad(format!("upstream sent frame for closed stream {}", head.stream));
        }
        Ok(())
    }

    pub(super) fn take_goaway(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent goaway frame with non-zero stream id: {}", head.stream));
        }
        if head.length < 8 {
            return bad(format!("upstream sent goaway frame with invalid length: {}", head.length));
        }
        if frame::number(content) & MAX_WINDOW < self.id {
            return bad(format!("upstream sent goaway with error {}", frame::number(&content[4..])));
        }
        self.goes_away = true;
        Ok(())
    }

    pub(super) fn take_window(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.length != 4 {
            return bad(format!("upstream sent window update frame with invalid length: {}", head.length));
        }
        let increment = i64::from(frame::number(content) & MAX_WINDOW);
        if increment == 0 {
            return bad("upstream sent zero window update");
        }
        let window = if head.stream == 0 { &mut self.send_window } else { &mut self.stream_window };
        if increment > i64::from(MAX_WINDOW) - *window {
            return bad("upstream sent too large window update");
        }
        *window += increment;
        Ok(())
    }

    pub(super) fn take_settings(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent settings frame with non-zero stream id: {}", head.stream));
        }
        if head.has(frame::ACK) {
            if head.length != 0 {
                let length = head.length;
                return bad(format!("upstream sent settings frame with ack flag and non-zero length: {length}"));
            }
            return Ok(());
        }
        if !head.length.is_multiple_of(6) {
            return bad(format!("upstream sent settings frame with invalid length: {}", head.length));
        }
        self.settings += 1;
        if self.settings > MOST_CONTROLS {
            return bad("upstream sent too many settings frames");
        }
        for setting in content.chunks_exact(6) {
            if u16::from_be_bytes([setting[0], setting[1]]) != frame::SET_WINDOW {
                continue;
            }
            let value = frame::number(&setting[2..]);
            let change = i64::from(value) - i64::from(self.init_window);
            let is_over = self.stream_window > 0 && change > i64::from(MAX_WINDOW) - self.stream_window;
            if value > MAX_WINDOW || is_over {
                return bad(format!("upstream sent settings frame with too large initial window size: {value}"));
            }
            self.init_window = value;
            self.stream_window += change;
        }
        frame::settings_ack(&mut self.out);
        Ok(())
    }

    pub(super) fn take_ping(&mut self, head: Head, content: &[u8]) -> Result<(), Bad> {
        if head.stream != 0 {
            return bad(format!("upstream sent ping frame with non-zero stream id: {}", head.stream));
        }
        if head.length != 8 {
            return bad(format!("upstream sent ping frame with invalid length: {}", head.length));
        }
        if head.has(frame::ACK) {
            return bad("upstream sent ping frame with ack flag");
        }
        self.pings += 1;
        if self.pings > MOST_CONTROLS {
            return bad("upstream sent too many ping frames");
        }
        frame::pong(&mut self.out, content);
        Ok(())
    }
}
